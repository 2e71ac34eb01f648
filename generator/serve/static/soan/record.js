// The record under way, and paths in it: arrays of keys and places, as text "$.noi_nhan[0]".

/** A path as the server writes it. */
export const pathText = (path) =>
  "$" + path.map((step) =>
    typeof step === "number" ? `[${step}]`
      : /^[\p{L}_][\p{L}\p{N}_]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`).join("");

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g;

/** The path that a text of the server stands for. */
export const readPath = (text) =>
  [...text.matchAll(STEP)].map(([, key, place, quoted]) => key ?? (place !== undefined ? Number(place) : JSON.parse(quoted)));

/** A deep copy of a JSON value; undefined stays. */
export const copy = (value) => (value === undefined ? undefined : structuredClone(value));

/** The record: values by path, and one listener that is told of every change. */
export class Record {
  constructor(value, changed) {
    this.value = value;
    this.changed = changed;
  }

  get(path) {
    let at = this.value;
    for (const step of path) at = at == null || typeof at !== "object" ? undefined : at[step];
    return at;
  }

  /** Put a value; undefined takes the key away. Groups on the way are made. */
  put(path, value) {
    let at = this.value;
    for (const [number, step] of path.slice(0, -1).entries()) {
      if (at[step] == null || typeof at[step] !== "object") at[step] = typeof path[number + 1] === "number" ? [] : {};
      at = at[step];
    }
    const last = path.at(-1);
    if (value === undefined && !Array.isArray(at)) delete at[last];
    else at[last] = value === undefined ? null : value;
    this.changed();
  }
}
