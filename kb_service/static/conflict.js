// Writing in the field of one's own words chooses them.
document.addEventListener("input", (event) => {
  const choice = event.target.dataset?.picks;
  if (choice) document.getElementById(choice).checked = true;
});
