// An entry's page after its form was sent: what was typed is saved, so the draft in this browser goes.
const sent = sessionStorage.getItem("kb-sent");
if (sent) {
  localStorage.removeItem(sent);
  sessionStorage.removeItem("kb-sent");
}
