// A file server from memory: ranges, entity tags, conditional requests and a directory's index included.
import { AsyncHttpServer } from "portico";
import { memoryFiles, serveFiles } from "portico/static";

const files = memoryFiles({
  "index.html": `<!doctype html><meta charset="utf-8"><title>Files</title>
    <link rel="stylesheet" href="style.css"><h1>Served from memory</h1><a href="notes/today.txt">Notes</a>`,
  "style.css": "body { font: 1.1rem system-ui; margin: 3rem; color: rebeccapurple }",
  "notes/today.txt": "One server, any socket.\n",
});

export const server = new AsyncHttpServer();
server.serve(0, serveFiles(files), {
  onListen: ({ port }) => console.log(`try: curl -r 0-9 localhost:${port}/notes/today.txt`),
});
