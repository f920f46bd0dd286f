(function () {
  "use strict";
  var folds = function () { return Array.prototype.slice.call(document.querySelectorAll("details")); };
  var bar = document.createElement("p");
  bar.className = "folds";
  [["Unfold all", true], ["Fold all", false]].forEach(function (pair) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = pair[0];
    button.addEventListener("click", function () { folds().forEach(function (fold) { fold.open = pair[1]; }); });
    bar.appendChild(button);
  });
  var place = document.getElementById("models");
  if (place && folds().length) { place.parentNode.insertBefore(bar, place); }

  // Paper has no folds.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = folds().filter(function (fold) { return !fold.open; });
    opened.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (fold) { fold.open = false; }); });
})();
