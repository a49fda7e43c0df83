import { describe, expect, test } from "vitest";
import {
  acceptDeflate,
  checkDeflateOptions,
  offerDeflate,
  type PerMessageDeflateOptions,
  readDeflateResponse,
} from "./deflate-negotiation.ts";
import { parseExtensions } from "./extension-header.ts";

const accept = (header: string, options: PerMessageDeflateOptions = {}) =>
  acceptDeflate(parseExtensions(header) ?? [], options);

describe("Sec-WebSocket-Extensions (RFC 6455 section 9.1)", () => {
  test.each([
    ["foo", [{ name: "foo", parameters: [] }]],
    [
      " foo ; a ; b=1 ,bar",
      [
        {
          name: "foo",
          parameters: [
            ["a", true],
            ["b", "1"],
          ],
        },
        { name: "bar", parameters: [] },
      ],
    ],
    [
      'foo;a="1";b="x\\y"',
      [
        {
          name: "foo",
          parameters: [
            ["a", "1"],
            ["b", "xy"],
          ],
        },
      ],
    ],
    [
      "foo,, bar,",
      [
        { name: "foo", parameters: [] },
        { name: "bar", parameters: [] },
      ],
    ],
  ])("reads %j", (header, extensions) => {
    expect(parseExtensions(header)).toEqual(extensions);
  });

  test.each([
    "",
    ",",
    ";",
    "foo;",
    "foo;=1",
    "foo;a=",
    'foo;a="',
    'foo;a="b c"',
    'foo;a=""',
    "foo bar",
    "foo;a b",
    "f(o",
    "foo;a=b=c",
  ])("refuses %j", (header) => {
    expect(parseExtensions(header)).toBeUndefined();
  });
});

describe("a server's choice (RFC 7692 section 7.1)", () => {
  test.each<[string, PerMessageDeflateOptions, string]>([
    ["permessage-deflate", {}, "permessage-deflate"],
    ["permessage-deflate; client_max_window_bits", {}, "permessage-deflate"],
    [
      "permessage-deflate; client_max_window_bits",
      { clientMaxWindowBits: 10 },
      "permessage-deflate; client_max_window_bits=10",
    ],
    [
      "permessage-deflate; client_max_window_bits=9",
      { clientMaxWindowBits: 10 },
      "permessage-deflate; client_max_window_bits=9",
    ],
    ["permessage-deflate", { clientMaxWindowBits: 10 }, "permessage-deflate"],
    ["permessage-deflate; server_max_window_bits=8", {}, "permessage-deflate; server_max_window_bits=8"],
    [
      "permessage-deflate; server_max_window_bits=12",
      { serverMaxWindowBits: 10 },
      "permessage-deflate; server_max_window_bits=10",
    ],
    ["permessage-deflate", { serverMaxWindowBits: 10 }, "permessage-deflate; server_max_window_bits=10"],
    ["permessage-deflate; server_no_context_takeover", {}, "permessage-deflate; server_no_context_takeover"],
    ["permessage-deflate; client_no_context_takeover", {}, "permessage-deflate; client_no_context_takeover"],
    [
      "permessage-deflate",
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    ],
    ['permessage-deflate; server_max_window_bits="10"', {}, "permessage-deflate; server_max_window_bits=10"],
    [
      "other, permessage-deflate; nonsense, permessage-deflate; server_max_window_bits=11",
      {},
      "permessage-deflate; server_max_window_bits=11",
    ],
  ])("%s, %j", (header, options, response) => {
    expect(accept(header, options)?.header).toBe(response);
  });

  test.each([
    "x-webkit-deflate-frame",
    "permessage-deflate; unknown",
    "permessage-deflate; toString",
    "permessage-deflate; server_no_context_takeover=1",
    "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
    "permessage-deflate; server_max_window_bits",
    "permessage-deflate; server_max_window_bits=7",
    "permessage-deflate; server_max_window_bits=16",
    "permessage-deflate; server_max_window_bits=010",
    "permessage-deflate; client_max_window_bits=+9",
  ])("declines %s", (header) => {
    expect(accept(header)).toBeUndefined();
  });
});

describe("a client's offer and the response (RFC 7692 section 7.1)", () => {
  test("offers what the options say", () => {
    expect(offerDeflate({})).toBe("permessage-deflate; client_max_window_bits");
    expect(
      offerDeflate({
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 10,
        clientMaxWindowBits: 9,
      }),
    ).toBe(
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
    );
  });

  test("no response header is no extension", () => {
    expect(readDeflateResponse(null, {})).toBeNull();
  });

  test.each<[string, PerMessageDeflateOptions, object]>([
    [
      "permessage-deflate",
      {},
      { serverMaxWindowBits: 15, clientMaxWindowBits: 15, serverNoContextTakeover: false },
    ],
    ["permessage-deflate; client_max_window_bits=8", {}, { clientMaxWindowBits: 8 }],
    ["permessage-deflate", { clientMaxWindowBits: 10 }, { clientMaxWindowBits: 10 }],
    ["permessage-deflate; server_max_window_bits=9", {}, { serverMaxWindowBits: 9 }],
    [
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      {},
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
  ])("takes %s after %j", (header, options, agreement) => {
    expect(readDeflateResponse(header, options)).toMatchObject(agreement);
  });

  test.each<[string, PerMessageDeflateOptions | undefined]>([
    ["permessage-deflate", undefined],
    ["other", {}],
    ["permessage-deflate, permessage-deflate", {}],
    ["permessage-deflate; unknown", {}],
    ["permessage-deflate; client_max_window_bits", {}],
    ["permessage-deflate; client_max_window_bits=12", { clientMaxWindowBits: 10 }],
    ["permessage-deflate; server_max_window_bits=12", { serverMaxWindowBits: 10 }],
    ["permessage-deflate", { serverMaxWindowBits: 10 }],
    ["permessage-deflate", { serverNoContextTakeover: true }],
    ["permessage-deflate;", {}],
  ])("fails on %s after %j", (header, options) => {
    expect(readDeflateResponse(header, options)).toBeUndefined();
  });
});

test("options out of range are refused", () => {
  for (const options of [
    { serverMaxWindowBits: 7 },
    { clientMaxWindowBits: 16 },
    { level: 10 },
    { memoryLevel: 0 },
    { thresholdBytes: -1 },
  ]) {
    expect(() => checkDeflateOptions(options)).toThrow(RangeError);
  }
  checkDeflateOptions({
    serverMaxWindowBits: 8,
    clientMaxWindowBits: 15,
    level: 0,
    memoryLevel: 9,
    thresholdBytes: 0,
  });
});
