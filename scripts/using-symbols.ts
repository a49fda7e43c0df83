/** Safari has neither `using`, which is compiled for it, nor its symbols: tests bring these along. */
for (const name of ["dispose", "asyncDispose"] as const) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
