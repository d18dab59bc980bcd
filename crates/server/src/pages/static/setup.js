// What a script adds to the set-up page: it takes the code from behind the `#` of the link into its field, and out of the
// address. Without it the code is pasted by hand.
"use strict";

const field = document.getElementById("code");

const take = () => {
  const code = location.hash.slice(1);
  // The page's own places, such as its content, are no codes.
  if (!field || !/^[0-9a-f]{44}$/.test(code)) return;
  field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
};

take();
// The link was opened where the page stands already.
addEventListener("hashchange", take);
