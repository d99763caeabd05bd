// Documents that are being read: the list is fetched again until nothing is left to wait for. Without JavaScript a
// link does the same.

const EVERY = 2000; // ms

async function refresh() {
  const shown = document.querySelector("[data-documents]");
  if (!shown || !("going" in shown.dataset)) return;
  try {
    const answer = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = fresh.querySelector("[data-documents]");
    // a focused button stays; what is new waits for the next time
    if (part && part.innerHTML !== shown.innerHTML && !shown.contains(document.activeElement)) shown.replaceWith(part);
  } catch {
    // the server cannot be reached for the moment
  }
  hideLink();
  window.setTimeout(refresh, EVERY);
}

function hideLink() {
  for (const still of document.querySelectorAll("[data-still]")) still.hidden = true;
}

hideLink();
window.setTimeout(refresh, EVERY);
