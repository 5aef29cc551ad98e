// This runs in the browser: the users come here, all of them, and are counted here.
const users = await (await fetch("/users")).json();
const long = users.filter((user) => user.name.length > 3);
document.querySelector("#count").textContent = long.length;
