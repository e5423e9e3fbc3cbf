/* Buttons that need a script, on pages that work without it: copy the link, print the guide. */
(() => {
  "use strict";

  const makeButton = (text, onClick) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button school-button";
    button.textContent = text;
    button.addEventListener("click", onClick);
    return button;
  };

  for (const box of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const status = box.querySelector("[role=status]");
    const copy = () =>
      navigator.clipboard.writeText(box.querySelector("code").textContent).then(() => {
        status.textContent = box.dataset.copied;
      });
    status.before(makeButton(box.dataset.copy, copy));
  }

  for (const box of document.querySelectorAll("[data-print]")) {
    box.append(makeButton(box.dataset.print, () => window.print()));
  }
})();
