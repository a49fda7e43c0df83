import { smugglingSuite } from "./smuggling/suite.ts";
import { ownVectors } from "./smuggling/vectors.ts";

smugglingSuite(ownVectors());
