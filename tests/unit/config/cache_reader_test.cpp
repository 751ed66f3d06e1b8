#include "loading.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using Variables = std::map<std::string, std::string>;

CacheConfig cache_of(const std::string& text, Variables variables = {}) {
    return loaded(text, std::move(variables)).config.cache;
}

RedisConfig redis_of(const std::string& text, Variables variables = {}) {
    return loaded(text, std::move(variables)).config.redis;
}

TEST(Cache, IsRead) {
    const auto cache = cache_of(R"(
litellm_settings:
  cache: true
  cache_params: {type: redis, ttl: 300, namespace: gw, shared: true, mode: default_off,
                 supported_call_types: [acompletion, embedding, aembedding], redis_flush_size: 7}
  default_in_memory_ttl: 1
  default_redis_ttl: 2
  default_redis_batch_cache_expiry: 3
  enable_caching_on_provider_specific_optional_params: true
  enable_redis_auth_cache: true
router_settings: {caching_groups: [[a, b]]}
)");
    EXPECT_TRUE(cache.is_enabled);
    EXPECT_EQ(cache.type, CacheType::redis);
    EXPECT_EQ(cache.ttl, milliseconds(300'000));
    EXPECT_EQ(cache.key_prefix, "gw");
    EXPECT_TRUE(cache.is_shared);
    EXPECT_TRUE(cache.only_on_request);
    EXPECT_EQ(cache.calls, (std::vector{CachedCall::completion, CachedCall::embedding}));
    EXPECT_EQ(cache.redis_flush_size, 7);
    EXPECT_EQ(cache.memory_ttl, milliseconds(1'000));
    EXPECT_EQ(cache.redis_ttl, milliseconds(2'000));
    EXPECT_EQ(cache.redis_miss_ttl, milliseconds(3'000));
    EXPECT_TRUE(cache.keys_hold_provider_params);
    EXPECT_TRUE(cache.caches_keys_in_redis);
    EXPECT_EQ(cache.shared_by_groups, (std::vector<std::vector<std::string>>{{"a", "b"}}));
}

TEST(Cache, IsOfRedisUnlessItsParamsSayOtherwise) {
    EXPECT_EQ(cache_of("litellm_settings: {cache: true}").type, CacheType::redis);
    EXPECT_EQ(cache_of("litellm_settings: {cache: true, cache_params: {ttl: 1}}").type,
              CacheType::local);
    EXPECT_EQ(cache_of("general_settings: {cache_responses: true}").type, CacheType::local);
    EXPECT_EQ(cache_of("general_settings: {cache_responses: true, redis_host: r}").type,
              CacheType::redis);
}

TEST(Cache, MayBeSemantic) {
    const auto cache = cache_of(
        "litellm_settings: {cache_params: {type: qdrant-semantic, similarity_threshold: 0.8, "
        "qdrant_api_base: 'http://q', qdrant_api_key: k, qdrant_collection_name: c, "
        "qdrant_quantization_config: binary, qdrant_semantic_cache_embedding_model: e}}");
    EXPECT_EQ(cache.semantic.threshold, 0.8);
    EXPECT_EQ(cache.semantic.qdrant_api_base, "http://q");
    EXPECT_EQ(cache.semantic.qdrant_api_key.reveal(), "k");
    EXPECT_EQ(cache.semantic.index, "c");
    EXPECT_EQ(cache.semantic.qdrant_quantization, "binary");
    EXPECT_EQ(cache.semantic.embedding_model, "e");
}

TEST(Cache, MayLieInABucket) {
    const auto cache = cache_of(
        "litellm_settings: {cache_params: {type: s3, s3_bucket_name: b, s3_region_name: r, "
        "s3_endpoint_url: 'http://s3', s3_verify: /ca.pem, s3_aws_access_key_id: i, "
        "s3_aws_secret_access_key: s}}");
    EXPECT_EQ(cache.type, CacheType::s3);
    EXPECT_EQ(cache.s3.bucket, "b");
    EXPECT_EQ(cache.s3.endpoint, "http://s3");
    EXPECT_TRUE(cache.s3.verify_tls);
    EXPECT_EQ(cache.s3.ca_file, "/ca.pem");
    EXPECT_EQ(cache.s3.secret_access_key.reveal(), "s");
}

TEST(Redis, IsNamedByTheFirstPlaceThatDoes) {
    const Variables env = {{"REDIS_HOST", "env"}, {"REDIS_PORT", "7"}, {"REDIS_PASSWORD", "p"}};
    EXPECT_EQ(redis_of("model_list: []", env).host, "env");
    EXPECT_EQ(redis_of("model_list: []", env).port, 7);
    EXPECT_FALSE(redis_of("model_list: []").is_configured());
    const std::string general = "general_settings: {redis_host: general}\n";
    const std::string kwargs = general + "router_settings: {cache_kwargs: {host: kwargs}}\n";
    const std::string router = general + "router_settings: {redis_host: router, redis_port: 8}\n";
    const std::string params = router + "litellm_settings: {cache_params: {host: params}}\n";
    EXPECT_EQ(redis_of(general, env).host, "general");
    EXPECT_EQ(redis_of(kwargs, env).host, "kwargs");
    EXPECT_EQ(redis_of(router, env).host, "router");
    EXPECT_EQ(redis_of(router, env).port, 8);
    EXPECT_EQ(redis_of(params, env).host, "params");
    EXPECT_EQ(redis_of(params, env).port, 6379);
    EXPECT_EQ(redis_of(params, env).password.reveal(), "p");
}

TEST(Redis, OfTheFileIsNotReplacedByAnAddressInTheEnvironment) {
    const auto redis = redis_of("litellm_settings: {cache_params: {host: mine}}",
                                {{"REDIS_URL", "redis://other"}});
    EXPECT_EQ(redis.host, "mine");
    EXPECT_TRUE(redis.url.empty());
    EXPECT_EQ(redis_of("model_list: []", {{"REDIS_URL", "redis://other"}}).url.reveal(),
              "redis://other");
}

TEST(Redis, ReadsTheValueOfItsTlsSwitch) {
    EXPECT_FALSE(redis_of("litellm_settings: {cache_params: {ssl: false}}").tls);
    EXPECT_FALSE(redis_of("model_list: []", {{"REDIS_SSL", "False"}}).tls);
    EXPECT_TRUE(redis_of("model_list: []", {{"REDIS_SSL", "True"}}).tls);
}

TEST(Redis, MayBeAClusterOrHaveSentinels) {
    const std::vector<RedisNode> nodes = {{"a", 1}, {"b", 6379}};
    EXPECT_EQ(
        redis_of("litellm_settings: {cache_params: {redis_startup_nodes: [{host: a, port: 1}, "
                 "{host: b}]}}")
            .cluster_nodes,
        nodes);
    EXPECT_EQ(redis_of("litellm_settings: {cache_params: {sentinel_nodes: [[a, 1], [b, '6379']], "
                       "service_name: m}}")
                  .sentinel_nodes,
              nodes);
    EXPECT_EQ(redis_of("model_list: []",
                       {{"REDIS_CLUSTER_NODES",
                         R"([{"host": "a", "port": 1}, {"host": "b", "port": "6379"}])"}})
                  .cluster_nodes,
              nodes);
    EXPECT_EQ(redis_of("model_list: []", {{"REDIS_SENTINEL_NODES", R"([["a", 1], ["b", 6379]])"}})
                  .sentinel_nodes,
              nodes);
    EXPECT_TRUE(warnings_of("model_list: []", {{"REDIS_CLUSTER_NODES", "a:1"}})
                    .contains("REDIS_CLUSTER_NODES: expected a JSON list"));
}

TEST(Redis, TakesItsDetailsFromParamsOrVariables) {
    const auto redis = redis_of(
        "litellm_settings: {cache_params: {username: u, db: 2, socket_timeout: 0.5}}",
        {{"REDIS_USERNAME", "env"}, {"REDIS_CLIENT_NAME", "gw"}, {"REDIS_MAX_CONNECTIONS", "3"}});
    EXPECT_EQ(redis.username, "u");
    EXPECT_EQ(redis.database, 2);
    EXPECT_EQ(redis.command_timeout, milliseconds(500));
    EXPECT_EQ(redis.client_name, "gw");
    EXPECT_EQ(redis.max_connections, 3);
}

}  // namespace
}  // namespace tollweir
