// SPDX-License-Identifier: MIT
#pragma once

// cardfit: does a deep-learning job belong on a card? Everything that needs no file, stream or driver; the edges are in
// `cardfit/io`. MIG slices cost as much to compile as the whole card table, so they are asked for by name:
// `cardfit/hardware/cards/mig.hpp`, and `cardfit/hardware/partition.hpp` for which of them go together.

#include <cardfit/version.hpp>

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/require_fit.hpp>
#include <cardfit/estimate/lower_training.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/hardware/software_support.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/model/zoo.hpp>
#include <cardfit/number_format.hpp>
#include <cardfit/units.hpp>
