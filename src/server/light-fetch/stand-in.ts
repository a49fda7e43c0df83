/**
 * Makes a class stand in for a platform's: what it makes is an instance of `parent`, and whatever `parent` and its
 * parents have and the class has not goes to the platform's own object, which is made when the first of them is
 * used. What a runtime has beyond the standard is there as well.
 *
 * @param ownOf gives an instance's platform object
 */
export function standIn<Light extends object>(
  { prototype }: { readonly prototype: Light },
  parent: { readonly prototype: object },
  ownOf: (light: Light) => object,
): void {
  Object.setPrototypeOf(prototype, parent.prototype);
  Object.defineProperty(prototype, "constructor", { value: parent });
  let from: object | null = parent.prototype;
  for (; from !== null && from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const [key, descriptor] of allProperties(from)) {
      const forwarded = Object.hasOwn(prototype, key) ? undefined : forwardedProperty(key, descriptor, ownOf);
      if (forwarded !== undefined) Object.defineProperty(prototype, key, forwarded);
    }
  }
}

function allProperties(of: object): [PropertyKey, PropertyDescriptor][] {
  return Reflect.ownKeys(of).map((key) => [key, Object.getOwnPropertyDescriptor(of, key) ?? {}]);
}

function forwardedProperty<Light extends object>(
  key: PropertyKey,
  { get, value, enumerable = false }: PropertyDescriptor,
  ownOf: (light: Light) => object,
): PropertyDescriptor | undefined {
  if (get !== undefined) {
    return {
      get(this: Light): unknown {
        return Reflect.get(ownOf(this), key);
      },
      enumerable,
      configurable: true,
    };
  }
  if (typeof value !== "function") return undefined;
  return {
    value(this: Light, ...args: unknown[]): unknown {
      const own = ownOf(this);
      return Reflect.apply(Reflect.get(own, key), own, args);
    },
    enumerable,
    writable: true,
    configurable: true,
  };
}
