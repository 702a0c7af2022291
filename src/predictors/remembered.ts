/** Results by what they were made of, the `most` last used: a predictor is tuned anew for every test of a cell. */
export function remembered<T>(most: number): (of: readonly unknown[], make: () => T) => T {
  const kept = new Map<string, T>();
  return (of, make) => {
    const name = JSON.stringify(of);
    const value = kept.has(name) ? kept.get(name)! : make();
    kept.delete(name);
    kept.set(name, value);
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return value;
  };
}
