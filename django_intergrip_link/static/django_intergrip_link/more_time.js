/* The end of the time: a word two minutes before, and more time without losing what is typed. */
(() => {
  "use strict";

  const box = document.querySelector("[data-until]");
  const notice = document.querySelector(".time-notice");
  const words = notice.querySelector("[role=alert]");
  const [button, again] = ["button", "a"].map((name) => notice.querySelector(name));
  const form = document.getElementById("more-time");
  let end;
  let before = null;

  // Seconds by the server's clock; that of this device may be wrong.
  const read = ({ dataset }) => (end = Date.now() + 1000 * (dataset.until - dataset.now));

  const tick = () => {
    const left = end - Date.now();
    const { minute, minutes, question, over } = words.dataset;
    if (form && left <= 0) form.hidden = true;
    const may = form && !form.hidden;
    const say = left > 0 ? `${left > 60_000 ? minutes : minute} ${may ? question : ""}` : over;
    const isNew = notice.hidden && left <= 120_000;
    notice.hidden = left > 120_000;
    if (button) button.hidden = !may;
    if (again) again.hidden = left > 0;
    // Only what changes is read aloud.
    if (!notice.hidden && words.textContent !== say) words.textContent = say;
    // What somebody is filling in stays in sight above it (scroll-padding in the style sheet).
    const { activeElement, body } = document;
    if (isNew && activeElement !== body) activeElement.scrollIntoView({ block: "nearest" });
  };

  const ask = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.append("part", "deadline");
    const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    if (!answer.ok) throw new Error("refused");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-until]");
    read(fresh);
    box.querySelector("p").textContent = fresh.querySelector("p").textContent;
    form.hidden = !fresh.querySelector("form");
    words.textContent = "";
    const wasInside = notice.contains(document.activeElement);
    tick();
    // The button is gone; the focus goes back to where somebody was.
    if (wasInside) (before ?? form.querySelector("button")).focus();
  };

  notice.addEventListener("focusin", ({ relatedTarget }) => {
    if (relatedTarget && !notice.contains(relatedTarget)) before = relatedTarget;
  });
  form?.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    ask().catch(() => form.submit());
  });

  read(box);
  tick();
  setInterval(tick, 1000);
})();
