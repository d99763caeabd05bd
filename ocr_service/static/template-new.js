// <form data-wait>: says what is being done while the server works on a file that was sent.
for (const form of document.querySelectorAll("[data-wait]")) {
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) form.querySelector("[data-wait-words]").hidden = false;
  });
}
