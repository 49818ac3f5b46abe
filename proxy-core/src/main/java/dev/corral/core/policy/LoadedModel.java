package dev.corral.core.policy;

/**
 * A model that the upstream has in memory.
 *
 * @param name canonical, as {@link ModelName#key} has it
 * @param vramBytes of it, on GPUs
 */
public record LoadedModel(String name, long vramBytes) {}
