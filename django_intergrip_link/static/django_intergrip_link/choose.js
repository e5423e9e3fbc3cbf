/* Search while typing. The list comes from the server; without this script the form does the same. */
(() => {
  "use strict";

  const form = document.querySelector("[data-search]");
  const results = document.querySelector("[data-results]");
  if (!form || !results) return;
  const input = form.elements.q;
  const status = document.querySelector("[data-status]");
  const notices = { slow: document.querySelector("[data-slow]"), offline: document.querySelector("[data-offline]") };
  let shown = input.value.trim();
  let typing, saying;
  let running = new AbortController();

  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "clear";
  clear.setAttribute("aria-label", form.dataset.clear);
  clear.textContent = "×";
  clear.hidden = !input.value;
  input.after(clear);

  // Read aloud once typing has stopped, so that nobody hears every count in between.
  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => { status.textContent = text; }, 600);
  };

  const notify = (name) => {
    for (const key of Object.keys(notices)) notices[key].hidden = key !== name;
    if (name) say(notices[name].textContent);
  };

  const addressOf = (query, more = "") => {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("q", query);
    if (more) fields.set("shown", more);
    return `${form.action}?${fields}`;
  };

  const load = async (address) => {
    running.abort();
    const mine = running = new AbortController();
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
      return true;
    } catch (error) {
      if (error.name !== "AbortError") notify("offline");
      return false;
    } finally {
      clearTimeout(slow);
    }
  };

  const search = async () => {
    clearTimeout(typing);
    const query = input.value.trim();
    const wanted = query.length < 2 ? "" : query;
    if (wanted === shown) return true;
    const isShown = await load(addressOf(wanted));
    if (isShown) shown = wanted;
    return isShown;
  };

  const buttons = () => [...results.querySelectorAll("button")];

  input.addEventListener("input", () => {
    clear.hidden = !input.value;
    clearTimeout(typing);
    typing = setTimeout(search, 200);
  });

  clear.addEventListener("click", () => {
    input.value = "";
    clear.hidden = true;
    input.focus();
    search();
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
    if (await search()) results.querySelector("h3")?.focus();
  });

  results.addEventListener("click", async (event) => {
    const more = event.target.closest("[data-more]");
    if (!more) return;
    event.preventDefault();
    const first = buttons().length;
    if (await load(more.href)) buttons()[first]?.focus();
  });
})();
