// Read by browsers of every age, which is why it is written as for the oldest: says so where the page has not started, since scripts
// that a browser cannot read leave nothing but a blank page.
// biome-ignore lint/complexity/useArrowFunction: the oldest browsers cannot read an arrow.
window.addEventListener('load', function () {
  var message = document.getElementById('not-started');
  if (message && !document.documentElement.hasAttribute('data-started')) message.removeAttribute('hidden');
});
