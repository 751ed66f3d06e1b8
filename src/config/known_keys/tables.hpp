#pragma once

#include <span>

#include "config/known_keys.hpp"

namespace tollweir {

// The tables of known keys, a file a section of spec/config.md. A part that implements a key turns
// `later` into `active` there; docs/configuration.md is written from them.

std::span<const KeyTable> top_level_tables();
std::span<const KeyTable> deployment_tables();
std::span<const KeyTable> litellm_settings_tables();
std::span<const KeyTable> key_defaults_tables();
std::span<const KeyTable> router_settings_tables();
std::span<const KeyTable> general_settings_tables();
std::span<const KeyTable> tollweir_settings_tables();
std::span<const KeyTable> variable_tables();

}  // namespace tollweir
