// The address with the token leaves the browser's history.
window.location.replace("/");
