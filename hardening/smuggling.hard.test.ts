import { smugglingSuite } from "./smuggling/suite.ts";
import { foundVectors, ownVectors } from "./smuggling/vectors.ts";

smugglingSuite([...ownVectors(), ...foundVectors()]);
