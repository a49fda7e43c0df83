import { fieldsRead, hello, listening, mebibyte, textPlain, used, work } from "./work.mjs";

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
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => listening(port) }, works[work]);
