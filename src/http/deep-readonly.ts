/** The same shape, which nobody may change: what a service gives fits without a copy. */
export type DeepReadonly<T> = T extends string | number | boolean | null | undefined | Date
  ? T
  : T extends readonly unknown[]
    ? { readonly [Index in keyof T]: DeepReadonly<T[Index]> }
    : T extends object
      ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T
