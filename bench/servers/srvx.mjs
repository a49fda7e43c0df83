import { fieldsRead, hello, listening, mebibyte, textPlain, used, work } from "./work.mjs";

const { serve } = await import(new URL("../peers/node_modules/srvx/dist/adapters/node.mjs", import.meta.url));
const answer = () => new Response(hello, { headers: { "Content-Type": textPlain } });
const works = {
  hello: answer,
  headers(request) {
    used(...fieldsRead.map((name) => request.headers.get(name)));
    return answer();
  },
  async json(request) {
    return Response.json(await request.json());
  },
  large: () => new Response(mebibyte),
};
const server = serve({ hostname: "127.0.0.1", port: 0, silent: true, fetch: works[work] });
await server.ready();
listening(new URL(server.url).port);
