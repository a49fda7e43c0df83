/**
 * What a preview may do, sent with every answer of its origin, whoever gives it: the program, the worker or the host.
 * Scripts and styles are the page's own matter, and it talks to its program. To request anything elsewhere it would
 * have to be a page of its own, in a tab.
 */
export const PREVIEW_POLICY = [
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
  "form-action 'self'",
  "base-uri 'self'",
].join("; ");
