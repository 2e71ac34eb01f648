// Files made of the record: downloaded under the name the form gives them, or printed.

import { ask, post, save, say } from "../khung.js";

const KEEP = 60_000; // ms that a printed file is held for the printer's window

/** Make a file of the record; resolves to the answer. */
const made = (form, record, query) => ask("POST", `/api/forms/${form}/document?${query}`, { record });

function tell(answer) {
  for (const text of JSON.parse(decodeURIComponent(answer.headers.get("X-Vanban-Said") ?? "%5B%5D"))) say(text, "warning", 12);
}

/** Download the record's document, draft or data, and remember the agency's details of a document. */
export async function download(form, record, format, { draft = false } = {}) {
  const answer = await made(form, record, `format=${format}&draft=${draft}`);
  tell(answer);
  await save(answer);
  if (format === "json" || draft) return null;
  return post(`/api/forms/${form}/standing`, { record });
}

/** Print the record's document: the browser's own window for a PDF, which a hidden frame holds. */
export async function print(form, record, { draft = false } = {}) {
  const answer = await made(form, record, `format=pdf&draft=${draft}`);
  tell(answer);
  const address = URL.createObjectURL(await answer.blob());
  setTimeout(() => URL.revokeObjectURL(address), KEEP);
  if (!navigator.pdfViewerEnabled) {
    open(address, "_blank", "noopener");
    return;
  }
  document.querySelector("iframe.printing")?.remove();
  const frame = document.createElement("iframe");
  frame.className = "printing";
  frame.title = "Bản in";
  frame.addEventListener("load", () => frame.contentWindow.print());
  frame.src = address;
  document.body.append(frame);
}
