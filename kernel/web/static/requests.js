// Requests to our own server from modules.

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
