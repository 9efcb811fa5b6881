// The token of a first address or an invitation stands behind the #, where no server and no log sees it:
// put it into its field, and out of the address.
const field = document.querySelector("input[name=token]");
const take = () => {
  const token = location.hash.slice(1).trim();
  if (!field || !token) return;
  field.value = token;
  field.closest("[data-token]").hidden = true;
  history.replaceState(null, "", location.pathname);
  document.querySelector("input:not([type=hidden]):not([name=token]), button.first")?.focus();
};
addEventListener("hashchange", take);
take();
