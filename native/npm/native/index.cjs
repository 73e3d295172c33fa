"use strict";

module.exports = require("./runar_native.node");
