// A question with a few answers, in a dialog.

import { make } from "../khung.js";

/** Ask; answers are [value, words] pairs, the first is the usual one. Resolves to the value. */
export function choose(title, text, answers) {
  return new Promise((resolve) => {
    const dialog = make("dialog", { class: "choose", "aria-labelledby": "hoi", "aria-describedby": "hoi-ro" },
      make("h2", { id: "hoi" }, title), make("p", { id: "hoi-ro" }, text),
      make("form", { method: "dialog", class: "with-buttons" },
        ...answers.map(([value, words], index) => make("button", { value, class: index ? "" : "main" }, words))));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
