// SPDX-License-Identifier: MIT
#pragma once

// cardfit: does a deep-learning job belong on a card? Models, cards, jobs, memory, and the decisions that follow from
// memory, for training and inference. The verbs that cost more to include are declared here and say which header
// defines them: `time` (estimate/training/step_time.hpp, estimate/inference/time.hpp), and of decide/ `remedies`,
// `savings`, `scaling`, `best_plans` (plan.hpp), `compare` and `rank`.
//
// Other topics, each in a header of its own: MIG slices (hardware/cards/mig.hpp, as dear as the whole card table) and
// which of them go together (hardware/partition.hpp); convolutional networks, detectors and translators
// (model/convnet_zoo.hpp, detector_zoo.hpp, translation_zoo.hpp); state spaces and encoder-decoders
// (model/hybrid_zoo.hpp, encoder_decoder_zoo.hpp); diffusion models (decide/diffusion_fits.hpp,
// model/diffusion_zoo.hpp); FLOPs (model/flops.hpp); cards by name and by question (hardware/cards/lookup.hpp,
// query.hpp); named machines (hardware/machines.hpp); power and cost (estimate/power.hpp, decide/price.hpp); CUDA and
// cuDNN support (hardware/software_support.hpp); printing of units and enumerators (print.hpp). Files, text and drivers
// are in `cardfit/io`.

#include <cardfit/declared.hpp>
#include <cardfit/version.hpp>

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/require_fit.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/model/zoo.hpp>
#include <cardfit/number_format.hpp>
#include <cardfit/units.hpp>
