// What every page uses: calls of the API, its problems as sentences, messages, dropped files.

const csrf = document.querySelector("meta[name=csrf]").content;

/** An answer of the API that says what is wrong. */
export class Problems extends Error {
  constructor(problems, status) {
    super(problems.map(sentence).join("\n"));
    this.problems = problems;
    this.status = status;
  }
}

/** A problem as the command line says it. */
export function sentence(problem) {
  const place = [problem.unit, problem.field, problem.sheet && `${problem.sheet}!${problem.cell}`]
    .filter(Boolean).join(" · ");
  const hint = problem.hint ? ` – ${problem.hint}` : "";
  return `${place ? `${place}: ` : ""}${problem.message}${hint}`;
}

/** Call the API; `body` is an object (sent as JSON), JSON text, or a FormData. Returns the Response. */
export async function ask(method, path, body, options = {}) {
  const headers = { "X-Vanban-CSRF": csrf };
  if (body !== undefined && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    if (typeof body !== "string") body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, { method, headers, body, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problems([{ message: "không liên lạc được với vanban", hint: "xem cửa sổ vanban còn chạy không" }], 0);
  }
  if (answer.status === 401) location.reload();
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Problems(told.problems ?? [{ message: `lỗi ${answer.status}`, hint: "thử lại" }], answer.status);
  }
  return answer;
}

export const get = async (path, options) => (await ask("GET", path, undefined, options)).json();
export const post = async (path, body, options) => (await ask("POST", path, body, options)).json();

/** Save an answer's file under the name the server gives it. */
export async function save(answer) {
  const named = /filename\*=UTF-8''([^;]+)/i.exec(answer.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = named ? decodeURIComponent(named[1]) : "van-ban";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Say something in the corner: kind is good, warning or problem. */
export function say(text, kind = "good", seconds = 6) {
  const box = document.getElementById("bao");
  const line = make("p", { class: kind }, text);
  box.append(line);
  setTimeout(() => line.remove(), seconds * 1000);
}

/** Say what went wrong. */
export function sayProblems(error) {
  if (error.name === "AbortError") return;
  const problems = error instanceof Problems ? error.problems : [{ message: String(error.message) }];
  for (const problem of problems.slice(0, 5)) say(sentence(problem), "problem", 12);
  if (!(error instanceof Problems)) console.error(error);
}

/** Make an element; texts are set as text, never as HTML. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Let files be dropped on an element, or chosen with the file field inside it. */
export function takesFiles(element, taken) {
  const field = element.querySelector("input[type=file]");
  field.addEventListener("change", () => { if (field.files.length) taken([...field.files]); field.value = ""; });
  element.addEventListener("dragover", (event) => { event.preventDefault(); element.classList.add("over"); });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("over");
    if (event.dataTransfer.files.length) taken([...event.dataTransfer.files]);
  });
}

/** Vietnamese words without their marks, for searching. */
export const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();

document.querySelector("[data-log-out]")?.addEventListener("click", async () => {
  await ask("POST", "/dang-xuat").catch(sayProblems);
  location.assign("/dang-nhap");
});
