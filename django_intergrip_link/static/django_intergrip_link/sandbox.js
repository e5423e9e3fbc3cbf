/* Sends the answer on at once; without this script the button "Ga verder" does it. */
document.querySelector("form[data-auto-submit]")?.submit();
