// Marks the words that the search found (?mark=…) on the page they lead to, and scrolls to the first one
// below the address's anchor. Without JavaScript the anchor alone leads there.
const words = new URLSearchParams(location.search).getAll("mark").filter((word) => word.trim()).slice(0, 8);
const room = document.querySelector("[data-markable]");

if (words.length && room) {
  const pattern = words
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("|");
  const finder = new RegExp(pattern, "gi");
  const walker = document.createTreeWalker(room, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("script, style, textarea, button, select, [data-unmarked]")
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const pieces = [];
    let position = 0;
    for (const found of node.data.matchAll(finder)) {
      const mark = document.createElement("mark");
      mark.textContent = found[0];
      pieces.push(node.data.slice(position, found.index), mark);
      position = found.index + found[0].length;
    }
    if (pieces.length) node.replaceWith(...pieces, node.data.slice(position));
  }
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  (target?.querySelector("mark") ?? target)?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}
