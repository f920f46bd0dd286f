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

  // Both sides show the same part: what is to be compared stays beside each other.
  var beside = function (figure) {
    return Array.prototype.slice.call(figure.parentNode.children).filter(function (other) { return other !== figure; });
  };
  var figures = Array.prototype.slice.call(document.querySelectorAll(".drawings figure"));
  var centred = function (figure) { figure.scrollLeft = (figure.scrollWidth - figure.clientWidth) / 2; };
  figures.forEach(function (figure) {
    centred(figure);
    figure.addEventListener("scroll", function () {
      beside(figure).forEach(function (other) {
        if (Math.abs(other.scrollTop - figure.scrollTop) > 1) { other.scrollTop = figure.scrollTop; }
        if (Math.abs(other.scrollLeft - figure.scrollLeft) > 1) { other.scrollLeft = figure.scrollLeft; }
      });
    });
  });
  document.addEventListener("toggle", function (event) {
    if (event.target.open) { event.target.querySelectorAll(".drawings figure").forEach(centred); }
  }, true);

  // Paper has no folds.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = folds().filter(function (fold) { return !fold.open; });
    opened.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (fold) { fold.open = false; }); });
})();
