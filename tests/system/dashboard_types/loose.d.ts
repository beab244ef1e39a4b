/** A type as JSON can be written in: the words of enumerations stand for their members. */
export type Loose<T> = T extends string
  ? `${T}`
  : T extends number
    ? number
    : T extends (infer U)[]
      ? Loose<U>[]
      : T extends object
        ? { [K in keyof T]: Loose<T[K]> }
        : T;
