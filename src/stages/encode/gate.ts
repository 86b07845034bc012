/** Shut while whoever takes the segments has more than enough of them; processes stand still until it opens. */
export interface Gate {
  readonly isShut: boolean;
  /** Called at each change. Gives what ends it. */
  watch(listener: (isShut: boolean) => void): () => void;
}

export interface GateControl extends Gate {
  set(isShut: boolean): void;
}

export function createGate(): GateControl {
  const listeners = new Set<(isShut: boolean) => void>();
  let isShut = false;
  return {
    get isShut() {
      return isShut;
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(wanted) {
      if (isShut === wanted) return;
      isShut = wanted;
      for (const listener of listeners) listener(wanted);
    },
  };
}
