/**
 * Values by name, made when they are first asked for. The `most` names used last are kept, so that a process that
 * compiles ever new programs does not grow.
 */
export function recent<T>(most: number): (name: string, make: () => T) => T {
  const kept = new Map<string, T>();
  return (name, make) => {
    const value = kept.has(name) ? (kept.get(name) as T) : make();
    kept.delete(name);
    kept.set(name, value);
    if (kept.size > most) kept.delete(kept.keys().next().value as string);
    return value;
  };
}
