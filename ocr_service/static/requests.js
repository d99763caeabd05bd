// Requests to our own server from modules of this service.

/** The CSRF token of this page. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

/** fetch() with the CSRF token; resolves to the response whatever its status. */
export function send(address, options = {}) {
  const headers = new Headers(options.headers);
  headers.set("X-CSRF-Token", csrfToken());
  return fetch(address, { ...options, headers, credentials: "same-origin" });
}

/** What an error page or a problem document says, "" when it says nothing. */
export function reasonOf(text) {
  try {
    return JSON.parse(text).detail ?? "";
  } catch {
    const said = new DOMParser().parseFromString(text, "text/html").querySelector("main .c-notice__text");
    said?.querySelector(".u-visually-hidden")?.remove();
    return said?.textContent.trim() ?? "";
  }
}
