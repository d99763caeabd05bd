// Asks for the page again while work is unfinished and swaps in the parts marked data-live. Without JavaScript
// people reload the page.

const EVERY = 1000;
const AFTER_FAILURE = 5000;
const root = document.getElementById("p-operations");

async function refresh() {
  if (document.hidden) return EVERY;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return AFTER_FAILURE;
    swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    return EVERY;
  } catch {
    return AFTER_FAILURE; // the server restarts; the work goes on there
  }
}

function swap(fresh) {
  const state = fresh.getElementById("p-operations");
  if (!state) return;
  for (const part of root.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML) continue;
    const held = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.replaceChildren(...next.childNodes);
    if (held) document.getElementById(held)?.focus();
  }
  root.toggleAttribute("data-unfinished", state.hasAttribute("data-unfinished"));
}

function plan(wait) {
  if (!root.hasAttribute("data-unfinished")) return;
  setTimeout(async () => plan(await refresh()), wait);
}

plan(EVERY);
