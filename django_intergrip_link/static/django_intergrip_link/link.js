/* Comfort on top of pages that work without it: focus, double clicks, "show password", "copy code". */
(() => {
  "use strict";

  const makeButton = (text, onClick) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "text-action";
    button.textContent = text;
    button.addEventListener("click", () => onClick(button));
    return button;
  };

  // What just happened is read first: the error summary, or the heading of the done page.
  // The autofocus attribute does this already; not in older browsers, and not after a #fragment.
  // Whoever has pressed Tab meanwhile keeps the focus.
  const news = document.querySelector("[data-focus]");
  const focusNews = () => document.activeElement === document.body && news.focus();
  if (news) addEventListener("load", () => requestAnimationFrame(focusNews));

  // The second of two clicks would find the page used. After a while it may be tried again.
  for (const form of document.querySelectorAll("form[method=post]")) {
    let sentAt = -Infinity;
    form.addEventListener("submit", (event) => {
      if (event.timeStamp - sentAt < 5000) event.preventDefault();
      else sentAt = event.timeStamp;
    });
  }

  for (const box of document.querySelectorAll("[data-show]")) {
    const input = box.querySelector("input[type=password]");
    const show = (button, isShown) => {
      input.type = isShown ? "text" : "password";
      button.textContent = isShown ? box.dataset.hide : box.dataset.show;
    };
    const toggle = makeButton(box.dataset.show, (button) => show(button, input.type === "password"));
    toggle.setAttribute("aria-controls", input.id);
    input.after(toggle);
    // A password that is sent as plain text could end up in the list of earlier answers.
    input.form.addEventListener("submit", () => show(toggle, false));
  }

  for (const box of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const status = box.querySelector("[role=status]");
    const copy = makeButton(box.dataset.copy, () => {
      navigator.clipboard.writeText(box.querySelector("code").textContent).then(() => {
        status.textContent = box.dataset.copied;
      });
    });
    status.before(copy);
  }
})();
