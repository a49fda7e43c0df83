/** `compress` around `serveFiles`: both of them choose by `Accept-Encoding`. */
import { expect, test } from "vitest";
import { memoryFiles, serveFiles } from "../static/index.ts";
import { served, type WireResponse } from "../testing/exchange.ts";
import { type CompressOptions, compress } from "./compress.ts";

const asking = async (
  content: string,
  headers: Record<string, string>,
  method = "GET",
  stored: Record<string, string> = {},
  options: CompressOptions = {},
): Promise<WireResponse> => {
  const files = serveFiles(memoryFiles({ "index.html": content, ...stored }));
  await using server = await served(compress(files, options));
  return await server.ask(headers, method);
};

async function gunzipped(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

const LONG = "<p>Hello World</p>".repeat(1000);

test.each(["gzip, identity;q=0", "gzip, *;q=0", "identity;q=0, gzip;q=0.5, br;q=0, deflate;q=0"])(
  "a file that nothing is stored of is compressed for who refuses it as it is: %s",
  async (accepted) => {
    for (const content of [LONG, "<p>short</p>", "x"]) {
      const { status, headers, body } = await asking(content, { "Accept-Encoding": accepted });
      expect([status, headers["content-encoding"], headers.vary]).toEqual([200, "gzip", "Accept-Encoding"]);
      expect(await gunzipped(body)).toBe(content);
      const head = await asking(content, { "Accept-Encoding": accepted }, "HEAD");
      expect([head.status, head.headers["content-encoding"], head.headers.etag]).toEqual([
        200,
        "gzip",
        headers.etag,
      ]);
    }
  },
);

test("what is stored compressed is still preferred", async () => {
  const stored = { "index.html.gz": "stored" };
  const { headers, body } = await asking(LONG, { "Accept-Encoding": "gzip, identity;q=0" }, "GET", stored);
  expect(headers["content-encoding"]).toBe("gzip");
  expect(new TextDecoder().decode(body)).toBe("stored");
});

test("where no coding can be made that the client takes, the refusal stands (RFC 9110 section 12.5.3)", async () => {
  expect((await asking(LONG, { "Accept-Encoding": "identity;q=0" })).status).toBe(406);
  expect((await asking(LONG, { "Accept-Encoding": "zstd, *;q=0" })).status).toBe(406);
  const deflating: CompressOptions = { codings: ["deflate"] };
  const refusing = { "Accept-Encoding": "gzip, *;q=0" };
  expect((await asking(LONG, refusing, "GET", {}, deflating)).status).toBe(406);
});

test("small content is sent as it is to who says nothing against that", async () => {
  const { headers } = await asking("<p>short</p>", { "Accept-Encoding": "gzip, identity;q=0.1" });
  expect(headers["content-encoding"]).toBeUndefined();
});
