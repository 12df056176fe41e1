// SPDX-License-Identifier: MIT
// Tests a user's own names beside `using namespace cardfit`: the library does not take generic words, nor the macros of
// other headers.

#include <cardfit/units.hpp>  // comes first, since Boost's headers are not ours

#include <boost/units/systems/si.hpp>

#include <chrono>
#include <functional>  // libstdc++'s own header does not stand a macro `max`

// Headers that come later are read as ever beside the names of other units.
using namespace std::chrono;

// Macros of windows.h, X11, Qt and <complex.h>.
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define near
#define far
#define pascal __stdcall
#define small char
#define interface struct
#define ERROR 0
#define DELETE 0x10000L
#define TRUE 1
#define FALSE 0
#define OPTIONAL
#define CONST const
#define VOID void
#define IN
#define OUT
#define None 0L
#define Bool int
#define Status int
#define slots
#define signals public
#define emit
#define foreach for
#define forever for (;;)
#define I _Complex_I

#include <cardfit/cardfit.hpp>
#include <cardfit/decide/compare.hpp>

#include <cardfit/decide/goodput.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/rollouts.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/hardware/cards/query.hpp>
#include <cardfit/model/convnet_zoo.hpp>
#include <cardfit/model/diffusion_zoo.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/hybrid_zoo.hpp>

#include <ctime>

using namespace cardfit;

namespace beside_other_units {

using namespace boost::units::si;

// Three libraries have a name `seconds`: it is said whose it is, and nothing else is.
constexpr training gpt2_job{.precision = precision::bf16_mixed, .micro_batch = 1, .sequence_length = 512};
constexpr cardfit::seconds step_of_all = step_time(models::gpt2, gpt2_job, cards::rtx_4090).step;
static_assert(fits(models::gpt2, gpt2_job, cards::rtx_4090) && bytes_of(1) < gibibytes(1));
static_assert(step_of_all > cardfit::seconds{} && std::chrono::seconds(2).count() == 2);

}  // namespace beside_other_units

constexpr double norm(double x) { return x < 0 ? -x : x; }
constexpr int split(int n) { return n / 2; }
constexpr int block(int n) { return n; }
constexpr int known(int n) { return n; }
constexpr int condition(int n) { return n; }
constexpr int problem(int n) { return n; }
constexpr int phase(int n) { return n; }
constexpr int product(int a, int b) { return a * b; }
constexpr int ratio(int a, int b) { return a / b; }
constexpr int most(int a, int b) { return a < b ? b : a; }
constexpr int rank(int n) { return n; }
constexpr int rules(int n) { return n; }
constexpr int fields(int n) { return n; }
constexpr int check(int n) { return n; }
constexpr int compare(int a, int b) { return a - b; }
struct each {
    int key = 0;
};

static_assert(norm(-2.0) == 2 && split(8) == 4 && block(1) == 1 && known(1) == 1 && condition(1) == 1);
static_assert(problem(1) == 1 && phase(1) == 1 && product(2, 3) == 6 && ratio(6, 3) == 2 && most(2, 3) == 3);
static_assert(rank(1) == 1 && rules(1) == 1 && fields(1) == 1 && check(1) == 1 && compare(3, 1) == 2 &&
              each{.key = 2}.key == 2);

[[maybe_unused]] static std::time_t now() { return time(nullptr); }

// The words of a model's row are short where they are needed, in `models`.
static_assert(transformer{.norm = models::norm::rms}.norm == norm_kind::rms);
