// Behaviour shared by every page. Nothing here is needed for a page to work.

import { isComposing } from "./ime.js";

const wide = window.matchMedia("(min-width: 60rem)");

/** The side list is open in wide windows whatever the menu button says. */
function followWidth() {
  for (const menu of document.querySelectorAll("[data-menu]")) menu.open = wide.matches;
}

/** "?" opens the guide of the page, unless somebody is typing. */
function openHelp(event) {
  if (event.key !== "?" || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const help = document.querySelector("[data-help]");
  if (!help) return;
  event.preventDefault();
  help.open = !help.open;
  help.querySelector("summary").focus();
}

/** A second press of a submit button while the first is on its way does nothing. */
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
}

/** Coming back with the browser's back button makes forms usable again. */
function forgetSent(event) {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}

/** Enter that confirms a conversion of the input method never sends the form (Safari reports it late). */
function keepComposition(event) {
  if (event.key === "Enter" && isComposing(event)) event.stopPropagation();
}

followWidth();
wide.addEventListener("change", followWidth);
document.addEventListener("keydown", openHelp);
document.addEventListener("keydown", keepComposition, true);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", forgetSent);
document.querySelector("[data-error-summary]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const done = document.getElementById(button.dataset.copied);
    if (done) done.hidden = false;
  });
}
