/* Search while typing. The list comes from the server; without this script the form does the same. */
(() => {
  "use strict";

  const form = document.querySelector("[data-search]");
  const results = document.querySelector("[data-results]");
  if (!form || !results) return;
  const input = form.elements.q;
  const status = document.querySelector("[data-status]");
  const here = document.querySelector(".language [name=next]");
  const notices = { slow: document.querySelector("[data-slow]"), offline: document.querySelector("[data-offline]") };
  let asked = { query: input.value.trim(), answer: true };
  let running = new AbortController();
  let typing, saying;
  let saidAt = -Infinity;

  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "clear";
  clear.innerHTML = '<span class="visually-hidden"></span>';
  clear.firstChild.textContent = form.dataset.clear;
  clear.hidden = !input.value;
  input.after(clear);

  // Read aloud once typing has stopped, and never twice in one second.
  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => {
      saidAt = performance.now();
      status.textContent = text;
    }, Math.max(400, saidAt + 1000 - performance.now()));
  };

  const notify = (name) => {
    for (const key of Object.keys(notices)) notices[key].hidden = key !== name;
    if (name) say(notices[name].textContent);
  };

  const addressOf = (query) => {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("q", query);
    return `${form.action}?${fields}`;
  };

  // Return whether the list of this address is what shows now; a newer question ends this one.
  const load = async (address) => {
    running.abort();
    const mine = running = new AbortController();
    // A list that comes late must not push away what somebody is about to press.
    const late = setTimeout(() => results.classList.add("is-late"), 200);
    const slow = setTimeout(() => notify("slow"), 1000);
    try {
      const answer = await fetch(`${address}&part=results`, { signal: mine.signal });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (mine !== running) return false;
      results.innerHTML = html;
      notify("");
      say(results.querySelector("h3")?.textContent ?? "");
      history.replaceState(null, "", address);
      if (here) here.value = location.pathname + location.search;
      return true;
    } catch {
      if (mine === running) {
        notify("offline");
        asked.query = null;
      }
      return false;
    } finally {
      clearTimeout(late);
      clearTimeout(slow);
    }
  };

  // A query that is asked already is not asked again: not when it came, not while it is on its way.
  const search = (least) => {
    clearTimeout(typing);
    const typed = input.value.trim();
    const query = typed.length < least ? "" : typed;
    if (query !== asked.query) asked = { query, answer: load(addressOf(query)) };
    return asked.answer;
  };

  const buttons = () => [...results.querySelectorAll("button")];

  input.addEventListener("input", () => {
    clear.hidden = !input.value;
    clearTimeout(typing);
    clearTimeout(saying);
    typing = setTimeout(search, 200, 2);
  });

  clear.addEventListener("click", () => {
    input.value = "";
    clear.hidden = true;
    input.focus();
    search(2);
  });

  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value) {
      event.preventDefault();
      clear.click();
    } else if (event.key === "ArrowDown" && buttons().length) {
      event.preventDefault();
      buttons()[0].focus();
    }
  });

  results.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement);
    if (at < 0 || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? input : all[Math.min(next, all.length - 1)]).focus();
  });

  // Enter looks, and moves to what was found; it never chooses. If the search fails, the form goes.
  form.addEventListener("submit", async (event) => {
    if (!notices.offline.hidden) return;
    event.preventDefault();
    const isFound = await search(1) && input.value.trim();
    if (isFound && form.contains(document.activeElement)) results.querySelector("h3")?.focus();
  });

  results.addEventListener("click", async (event) => {
    const more = event.target.closest("[data-more]");
    if (!more) return;
    event.preventDefault();
    const first = buttons().length;
    asked.query = null;
    if (await load(more.href)) buttons()[first]?.focus();
  });
})();
