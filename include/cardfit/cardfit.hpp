// SPDX-License-Identifier: MIT
#pragma once

// cardfit: does a deep-learning job belong on a card? Everything that needs no file, stream or driver; the edges are in
// `cardfit/io`.

#include <cardfit/version.hpp>

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/require_fit.hpp>
#include <cardfit/estimate/lower_training.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/links.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/hardware/machines.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/model/zoo.hpp>
#include <cardfit/number_format.hpp>
#include <cardfit/units.hpp>
