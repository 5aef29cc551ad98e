// [160 kB of React and the page's components, not shown]
const button = document.querySelector("#like");
button.addEventListener("click", () => {
  button.textContent = "Liked";
});
