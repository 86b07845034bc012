import type { ControlHandlers } from './control.js';

/** Each handler of control.ts as a call: `await control.addFault({ fault: { type: 'lost-ack' } })`. */
export type Control = {
  readonly [Name in keyof ControlHandlers]: (
    ...argument: ControlArguments<Parameters<ControlHandlers[Name]>>
  ) => Promise<ReturnType<ControlHandlers[Name]>>;
};

/** An argument that may be null may be left out. */
type ControlArguments<All extends unknown[]> = All extends [infer One] ? (null extends One ? [One?] : [One]) : [];

/** @param endpoint "http://127.0.0.1:1234" of a running fake */
export function connectControl(endpoint: string): Control {
  const call = async (name: string, argument: unknown): Promise<unknown> => {
    const response = await fetch(`${endpoint}/_fake/${name}`, {
      method: 'POST',
      body: JSON.stringify(argument ?? null),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${name}: ${text}`);
    return JSON.parse(text) as unknown;
  };
  const handler: ProxyHandler<object> = {
    // Not a promise, whatever await asks.
    get: (_, name) => (name === 'then' ? undefined : (argument: unknown) => call(String(name), argument)),
  };
  return new Proxy({}, handler) as Control;
}
