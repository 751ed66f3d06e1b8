#pragma once

#include <string>

#include "tollweir/core/secret.hpp"

namespace tollweir {

/// A bucket of S3 or of a server like it.
struct S3Config {
    std::string bucket;
    std::string region;
    std::string endpoint;
    std::string api_version;
    bool use_tls = true;
    bool verify_tls = true;
    std::string ca_file;
    Secret access_key_id;
    Secret secret_access_key;
    Secret session_token;
    std::string role_name;
    std::string session_name;
    std::string path;  // first part of each object's key

    friend bool operator==(const S3Config&, const S3Config&) = default;
};

}  // namespace tollweir
