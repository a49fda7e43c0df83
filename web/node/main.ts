/** Lists the examples that the server runs and calls them, showing each response as it arrives. */

interface ExampleRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

interface Example {
  readonly name: string;
  readonly title: string;
  readonly port: number;
  readonly requests: readonly ExampleRequest[];
}

const list = document.querySelector("#examples");
const response = await fetch("/examples/");
const examples: readonly Example[] = await response.json();
list?.append(...examples.map(section));

function section(example: Example): HTMLElement {
  const output = element("pre");
  const running = { current: new AbortController() };
  const buttons = example.requests.map((request) => {
    const button = element("button", `${request.method} ${request.path}`);
    button.addEventListener("click", () => {
      running.current.abort();
      running.current = new AbortController();
      show(example, request, output, running.current.signal);
    });
    return button;
  });
  const stop = element("button", "Stop");
  stop.addEventListener("click", () => running.current.abort());
  const part = element("section");
  const command = element("p");
  command.append(element("code", commandOf(example)));
  part.append(element("h2", example.title), command, ...buttons, stop, output);
  return part;
}

function commandOf({ port, requests: [first] }: Example): string {
  const { method = "GET", path = "/", body } = first ?? {};
  const options = [method === "GET" ? "" : ` -X ${method}`, body === undefined ? "" : ` -d '${body.trim()}'`];
  return `curl${options.join("")} 'localhost:${port}${path}'`;
}

async function show(example: Example, request: ExampleRequest, output: HTMLElement, signal: AbortSignal) {
  output.textContent = "";
  try {
    const { method, path, body = null } = request;
    const answer = await fetch(`/examples/${example.name}${path}`, { method, body, signal });
    const fields = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
    output.append(`${answer.status} ${answer.statusText}\n${fields.join("\n")}\n\n`);
    const decoder = new TextDecoder();
    const reader = answer.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      output.append(decoder.decode(part.value, { stream: true }));
      output.scrollTop = output.scrollHeight;
    }
  } catch (error) {
    output.append(signal.aborted ? "\n(stopped)" : `\n${error}`);
  }
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text = "",
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  created.textContent = text;
  return created;
}

export {};
