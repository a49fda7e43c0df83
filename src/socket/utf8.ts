/** One encoder for all: it keeps nothing from one call to the next. */
export const utf8: TextEncoder = /* @__PURE__ */ new TextEncoder();
